{{ staged_observations(
    'easydata_balance_of_payments', 'balance_of_payments', 'stg_easydata_series', 'code', 'codes.flow', 'codes.is_memorandum'
) }}
