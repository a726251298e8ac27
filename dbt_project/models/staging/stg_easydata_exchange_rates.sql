{{ staged_observations('easydata_exchange_rates') }}
