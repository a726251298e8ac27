{{ staged_observations('easydata_balance_of_payments') }}
