{{ staged_observations('goods_trade', 'goods_trade', 'goods_trade_flows', 'code') }}
