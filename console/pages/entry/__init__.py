"""Coming in: the first page anybody sees, loaded before all the others."""

from console.pages.entry import signin

ROUTERS = (signin.router,)
