{{ staged_observations('trade_in_services_pdf') }}
