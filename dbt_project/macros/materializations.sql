{# A table or a view replaced in its place, in one transaction. dbt's own way makes it beside, renames the one
   before, renames the new one and drops the old: five queries more a model, each in a macro of its own, which
   took a third of what dbt does. Where the query fails, the transaction takes the replacement back as well.
   Nobody reads the build database meanwhile. Hooks before a model or after its commit, grants and indexes have
   no place here. #}

{% materialization table, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {% do refuse_what_is_not_done_here() %}
    {% call statement('main') -%}
        {{ replace_table(relation, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {% do refuse_what_is_not_done_here() %}
    {% call statement('main') -%}
        {{ make_room_for(relation) }}
        create or replace view {{ relation }} as ({{ sql }})
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% macro replace_table(relation, sql) -%}
    {{ make_room_for(relation) }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
        insert into {{ relation }} {{ get_column_names() }} ({{ get_select_subquery(sql) }})
    {%- else -%}
        create or replace table {{ relation }} as ({{ sql }})
    {%- endif -%}
{%- endmacro %}

{# What was a view and is a table now, or the other way round, cannot be replaced: it is dropped before. #}
{% macro make_room_for(relation) -%}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing is not none and existing.type != relation.type -%}
        drop {{ existing.type }} {{ existing }};
    {%- endif -%}
{%- endmacro %}

{% macro refuse_what_is_not_done_here() -%}
    {%- if pre_hooks or post_hooks | rejectattr('transaction') | list -%}
        {%- do exceptions.raise_compiler_error(
            'macros/materializations.sql does not know hooks before a model or outside of its transaction'
        ) -%}
    {%- endif -%}
    {%- for setting in ['grants', 'indexes', 'sql_header'] if config.get(setting) -%}
        {%- do exceptions.raise_compiler_error('macros/materializations.sql does not know ' ~ setting) -%}
    {%- endfor -%}
{%- endmacro %}
