{{ staged_observations(
    'workers_remittances', 'workers_remittances', 'workers_remittances_countries', 'code'
) }}
