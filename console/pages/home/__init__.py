"""What waits for somebody, and what there is to find."""

from console.pages.home import jobs, lights, search, tasks, today

ROUTERS = (today.router, lights.router, tasks.router, search.router, jobs.router)
