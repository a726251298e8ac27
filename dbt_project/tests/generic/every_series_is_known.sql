{# Every landed series has a meaning in the seed, whose columns make up the codes that there are: reading
   quarantines a file with one that has none. #}
{% test every_series_is_known(model, seed, codes) %}
with known as (

    {% for code in codes %}
    select upper({{ code }}) as code from {{ ref(seed) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select distinct printed.row_key
from {{ model }} as printed
left join known on {{ series_code('printed.row_key') }} = known.code
where known.code is null
{% endtest %}
