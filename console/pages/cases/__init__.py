"""整改: the ledger, one case, requests, findings."""

from console.pages.cases import casefile, ledger

ROUTERS = (ledger.router, casefile.router)
