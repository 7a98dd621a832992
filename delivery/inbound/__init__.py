"""Mail that comes in: a mailbox or a maildir, what a mail says, and what kind of mail it is."""
