"""What is handed to the office: leads, and matters of other supervising bodies."""
