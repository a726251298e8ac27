{{ staged_observations('services_headline_archive') }}
