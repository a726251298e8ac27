{# Within the rounding of six decimals and, where prints are coarser, of the prints; if all are known. #}
{% test balance_is_exports_less_imports(model, rounding='0') %}
select * from {{ model }}
where abs(balance_usd_mn - (exports_usd_mn - imports_usd_mn)) > 0.0000015 + coalesce({{ rounding }}, 0)
{% endtest %}
