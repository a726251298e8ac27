{{ staged_observations('foreign_exchange_reserves') }}
