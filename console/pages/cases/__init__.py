"""整改: the ledger, one case, requests, findings, half-month reports, look-backs."""

from console.pages.cases import casefile, findings, halfreports, ledger, lookbacks, requests

ROUTERS = (
    ledger.router,
    requests.router,
    findings.router,
    halfreports.router,
    lookbacks.router,
    casefile.router,
)
