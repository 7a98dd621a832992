"""Coming in and one's own account."""

from console.pages.entry import account, signin

ROUTERS = (signin.router, account.router)
