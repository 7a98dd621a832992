"""Who goes where and when: plans of visits, teams by optimisation, recusal, draws."""
