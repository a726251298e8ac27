{{ staged_observations('easydata_trade_in_services') }}
