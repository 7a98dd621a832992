"""Campaigns and what happens at the units: scope, milestones, visits, checklists, inquiries, findings."""
