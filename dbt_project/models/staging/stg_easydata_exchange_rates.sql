{{ staged_observations(
    'easydata_exchange_rates', 'exchange_rates', 'stg_easydata_series', 'code', 'codes.flow', 'codes.is_memorandum'
) }}
