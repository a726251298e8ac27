{# Within the rounding of three figures of six decimals, and only where all three are known. #}
{% test balance_is_exports_less_imports(model) %}
select * from {{ model }}
where abs(balance_usd_mn - (exports_usd_mn - imports_usd_mn)) > 0.0000015
{% endtest %}
