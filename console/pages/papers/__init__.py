"""文书: drafts, signatures, seals, service; mails and what was not served."""

from console.pages.papers import acts, documents, drafting, editing, inbox, interviews, paper, post, signing

# What has a word for an address comes before what has a number in its place.
ROUTERS = (
    documents.router,
    drafting.router,
    editing.router,
    signing.router,
    acts.router,
    paper.router,
    interviews.router,
    post.router,
    inbox.router,
)
