{{ staged_observations(
    'easydata_trade_in_services', 'services', 'stg_easydata_series', 'code', 'codes.flow', 'codes.is_memorandum'
) }}
