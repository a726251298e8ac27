{{ staged_observations('goods_trade') }}
