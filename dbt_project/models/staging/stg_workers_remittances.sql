{{ staged_observations('workers_remittances') }}
