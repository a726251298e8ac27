{% set flow -%}
    case observations.flow_label
        when 'Monthly Average Exchange Rates' then 'average' when 'Month End Exchange Rates' then 'month_end'
    end
{%- endset %}

{{ staged_observations('exchange_rates', 'exchange_rates', 'exchange_rate_currencies', 'code', flow) }}
