"""Rule sets in use: loaded, frozen by campaigns, compared, migrated, tried out."""
