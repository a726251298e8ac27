{{ staged_observations('services_headline') }}
