{#
    The materialisation `by_fiscal_year`: a table whose rows of a fiscal year are built again only where what
    they are made of has changed. docs/decisions/0007-fiscal-years-built-anew.md says why, and what proves it.

    A model says in `meta.day` which of its columns has the day that tells a row's fiscal year, and in
    `meta.years_before` of how many fiscal years before it also reads (0; a number; `all`). Its SQL is the whole
    table: nothing in it knows of years, so that as-of macros can be made of it. Years are built alone by
    putting, in that SQL, the rows of those years in place of each model that it reads.

    `meta.in_order_of` says how its rows are to lie: a history of one item is then read from one place.

    Which years: `int_fiscal_years` has for each a hash of all inputs; `intermediate.built_years` says for each
    model from which inputs (and models) its years were built, and is written in the transaction that writes
    the rows. A year whose hash is another is deleted and built; one that is gone is deleted.
#}
{% materialization by_fiscal_year, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {% do refuse_what_is_not_done_here() %}

    {% set in_order = ' order by ' ~ model.config.meta['in_order_of'] if model.config.meta.get('in_order_of') else '' %}
    {% set wanted = wanted_years(model) %}
    {% set plan = namespace(is_whole=existing is none or not existing.is_table, stretches=[]) %}
    {% if not plan.is_whole %}
        {% for row in run_query(stretches_to_build(wanted)).rows %}
            {% do plan.stretches.append((row['starts_on'], row['ends_before'])) %}
            {% set plan.is_whole = row['is_most'] %}
        {% endfor %}
    {% endif %}

    {% if plan.is_whole %}
        {% call statement('main') %}{{ replace_table(target, 'select * from (' ~ sql ~ ')' ~ in_order if in_order else sql) }}{% endcall %}
    {% elif plan.stretches %}
        {% set is_in = days_between(model.config.meta['day'], plan.stretches) %}
        {% call statement('main') %}
            delete from {{ target }} where {{ is_in }};
            insert into {{ target }} by name
            select * from ({{ sql_of_years(plan.stretches) }}) where {{ is_in }}{{ in_order }}
        {% endcall %}
    {% else %}
        {% call statement('main') %}select 'no fiscal year has changed'{% endcall %}
    {% endif %}
    {% if plan.is_whole or plan.stretches %}
        {% do run_query(note_built_years(wanted)) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# From what each year of each such table was built, and with what inputs a build has passed all tests. #}
{% macro ledgers_of_fiscal_years() -%}
    create table if not exists intermediate.built_years (
        model varchar not null,
        fiscal_year_starts_on date not null,
        inputs_key ubigint
    );
    create table if not exists intermediate.proven_years (
        fiscal_year_starts_on date not null,
        inputs_key ubigint not null
    );
    comment on table intermediate.built_years is
    'From what each table by fiscal year built each of its years: a year whose key is another is built again.';
    comment on column intermediate.built_years.model is 'Name of the table.';
    comment on column intermediate.built_years.fiscal_year_starts_on is 'First day of the fiscal year, 1 July.';
    comment on column intermediate.built_years.inputs_key is
    'Hash of the inputs of the year and of the models; null where it is to be built again in any case.';
    comment on table intermediate.proven_years is
    'Fiscal years that have passed all tests, and with what inputs: the tests of a build look at the others.';
    comment on column intermediate.proven_years.fiscal_year_starts_on is 'First day of the fiscal year, 1 July.';
    comment on column intermediate.proven_years.inputs_key is 'Hash of the inputs of the year and of the models.'
{%- endmacro %}

{# The key from which each year of this model is to be built. Who runs dbt by hand, without `etl`, does not say
   which models these are, and who builds a part of them (`--full-refresh`) may build it from parents of other
   inputs: every year is then built again, now and at the next refresh. #}
{% macro wanted_years(node) -%}
    {%- set models_key = '' if should_full_refresh() else env_var('ETL_MODELS_KEY', '') -%}
    select
        years.fiscal_year_starts_on,
        case
            when '{{ models_key }}' <> ''
                then hash(
                    '{{ models_key }}',
                    years.{{ 'inputs_key_so_far' if reads_years_before(node) else 'inputs_key' }}
                    {%- for name in node.config.meta.get('rows_of', []) %}, {{ name }}.rows_key{% endfor %}
                )
        end as inputs_key
    from intermediate.int_fiscal_years as years
    {% for name in node.config.meta.get('rows_of', []) %}
    left join (
        select
            {{ fiscal_year_starts_on(node_called(name).config.meta['day']) }} as fiscal_year_starts_on,
            bit_xor(hash({{ name }})) as rows_key
        from intermediate.{{ name }} as {{ name }}
        group by all
    ) as {{ name }} using (fiscal_year_starts_on)
    {% endfor %}
{%- endmacro %}

{# The stretches of days of whole fiscal years that are to be built or deleted, and whether that is most of
   them: then the table is made anew, which also puts its rows in order again. #}
{% macro stretches_to_build(wanted) -%}
    with wanted as ({{ wanted }}),

    built as (
        select * from intermediate.built_years
        where model = '{{ this.identifier }}'
    ),

    years as (
        select
            coalesce(wanted.fiscal_year_starts_on, built.fiscal_year_starts_on) as starts_on,
            coalesce(wanted.inputs_key = built.inputs_key, false) as is_done
        from wanted full join built using (fiscal_year_starts_on)
    )

    {{ stretches_not_done() }}
{%- endmacro %}

{# The stretches of days of whole fiscal years whose rows no test has yet seen as they are. #}
{% macro stretches_to_test(node) -%}
    with wanted as ({{ wanted_years(node) }}),

    years as (
        select
            wanted.fiscal_year_starts_on as starts_on,
            (wanted.fiscal_year_starts_on, wanted.inputs_key) in (from intermediate.proven_years) as is_done
        from wanted
    )

    {{ stretches_not_done() }}
{%- endmacro %}

{# Years that follow each other as one stretch, and whether they are most of all. #}
{% macro stretches_not_done() -%}
    select
        min(starts_on)::varchar as starts_on,
        (max(starts_on) + interval 1 year)::date::varchar as ends_before,
        (select count_if(is_done) < count(*) * 0.4 from years) as is_most
    from (
        select
            starts_on,
            starts_on - to_years(row_number() over (order by starts_on)::integer) as stretch
        from years
        where not coalesce(is_done, false)
    )
    group by stretch
    order by 1
{%- endmacro %}

{% macro note_built_years(wanted) -%}
    delete from intermediate.built_years where model = '{{ this.identifier }}';
    insert into intermediate.built_years
    select '{{ this.identifier }}', * from ({{ wanted }})
{%- endmacro %}

{# Whether the day in a column is in one of some stretches of days. #}
{% macro days_between(column, stretches) -%}
    {%- if not stretches -%}{{ return('false') }}{%- endif -%}
    (
        {%- for starts_on, ends_before in stretches -%}
        ({{ column }} >= date '{{ starts_on }}' and {{ column }} < date '{{ ends_before }}')
        {{- ' or ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{# The model's SQL over the rows of some years, and of as many before each as it reads. #}
{% macro sql_of_years(stretches) -%}
    {%- set years_before = model.config.meta.get('years_before', 0) -%}
    {%- set rendered = namespace(sql=sql) -%}
    {%- if years_before != 'all' -%}
        {%- for node in parents_by_year(model) -%}
            {%- set read = [] -%}
            {%- for starts_on, ends_before in stretches -%}
                {%- do read.append(((starts_on[:4] | int - years_before) ~ starts_on[4:], ends_before)) -%}
            {%- endfor -%}
            {%- set name = '"' ~ node.schema ~ '"."' ~ node.name ~ '"' -%}
            {%- set rows = '(select * from ' ~ name ~ ' where ' ~ days_between(node.config.meta['day'], read) ~ ')' -%}
            {%- set rendered.sql = rendered.sql | replace(name, rows) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ rendered.sql }}
{%- endmacro %}

{# The models that a model reads whose rows are of a fiscal year. #}
{% macro parents_by_year(node) -%}
    {%- set found = [] -%}
    {%- for unique_id in node.depends_on.nodes | unique if unique_id.startswith('model.') -%}
        {%- set parent = graph.nodes[unique_id] -%}
        {%- if parent.config.meta.get('day') and parent.name not in node.config.meta.get('rows_of', []) -%}
            {%- do found.append(parent) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Whether the rows of a year depend on years before: of the model itself, or of any that it reads. Each model is
   looked at once: without that, a build asked two thousand times. #}
{% macro reads_years_before(node, seen=none) -%}
    {%- set seen = [] if seen is none else seen -%}
    {%- do seen.append(node.unique_id) -%}
    {%- if node.config.meta.get('years_before', 0) != 0 -%}{{ return(true) }}{%- endif -%}
    {%- for parent in parents_by_year(node) if parent.unique_id not in seen and reads_years_before(parent, seen) -%}
        {{ return(true) }}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}

{% macro node_called(name) -%}
    {{ return(graph.nodes.values() | selectattr('name', 'equalto', name) | first) }}
{%- endmacro %}

{# What a generic test looks at, in place of dbt's own macro: of a model whose rows are of a fiscal year those that
   no test has seen as they are. What a warning counts is said to the user, so that it looks at all. #}
{% macro default__get_where_subquery(relation) -%}
    {%- set node = node_called(relation.identifier) if execute -%}
    {%- set conditions = [config.get('where')] if config.get('where') else [] -%}
    {%- if node and node.config.meta.get('day') and config.get('severity') != 'warn' -%}
        {%- set plan = namespace(is_whole=false, stretches=[]) -%}
        {%- for row in run_query(stretches_to_test(node)).rows -%}
            {%- do plan.stretches.append((row['starts_on'], row['ends_before'])) -%}
            {%- set plan.is_whole = row['is_most'] -%}
        {%- endfor -%}
        {%- if not plan.is_whole -%}
            {%- do conditions.append(days_between(node.config.meta['day'], plan.stretches)) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ conditions | join(' and ') ~ ')' if conditions else relation) }}
{%- endmacro %}
