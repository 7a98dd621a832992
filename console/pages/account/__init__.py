"""One's own account: password and second factor, keys of the interface, coming in by the organisation's provider."""

from console.pages.account import identity, keys, profile

ROUTERS = (identity.router, profile.router, keys.router)
