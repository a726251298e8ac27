{{ staged_observations(
    'foreign_exchange_reserves',
    'foreign_exchange_reserves',
    'foreign_exchange_reserves_holders',
    'code',
    "'level'"
) }}
