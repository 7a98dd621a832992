"""Coming in and one's own account."""

from console.pages.entry import account, identity, keys, signin

ROUTERS = (signin.router, identity.router, account.router, keys.router)
