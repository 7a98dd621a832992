"""文书: drafts, signatures, seals, service; mails and what was not served."""

from console.pages.papers import documents

ROUTERS = (documents.router,)
