"""What waits for somebody, and what there is to find."""

from console.pages.home import jobs, today

ROUTERS = (today.router, jobs.router)
