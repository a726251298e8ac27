{{ staged_observations('exchange_rates') }}
