"""People of the office: roles, pools, declarations, teams, delegation, draws."""
