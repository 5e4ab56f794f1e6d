"""Writes the synthetic files of testdata/store with Python's own json, NumPy and pandas, the writers the earlier programs
used. Names of keys, their order and their quirks are those programs'; every value is invented here.

    python3 testdata/store/make_fixtures.py
"""
import json
import pathlib

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).parent
PAIRS, ENSEMBLE = HERE / "mean_reversion", HERE / "ensemble"
rng = np.random.default_rng(7)


def dump(path, value):
    with open(path, "w") as out:
        json.dump(value, out, indent=2)


def pair(one, two, cointegrated, half_life="number", **more):
    entry = {
        "is_cointegrated": cointegrated,
        "p_value": float(rng.uniform(1e-8, 1e-3) if cointegrated else rng.uniform(0.06, 0.9)),
        "critical_values": [-3.9025, -3.3395097, float(-3.04 - rng.uniform(0, 0.01))],
        "test_statistic": float(-rng.uniform(3.4, 6)),
        "hedge_ratio": float(rng.uniform(0.05, 600)),
        "regression_results": "<statsmodels.regression.linear_model.RegressionResultsWrapper object at 0x7f0000000000>",
        "symbol1": one, "symbol2": two, "data_points": 1731,
        "start_date": "2024-03-18T12:00:00", "end_date": "2024-12-31T20:00:00",
        "correlation": float(rng.uniform(0.5, 0.99)),
    }
    if cointegrated:
        life = {"number": float(rng.uniform(4, 40)), "none": None}[half_life]
        entry["spread_properties"] = {
            "mean": float(rng.normal()), "std": float(rng.uniform(0.01, 2)), "min": float(-rng.uniform(2, 4)),
            "max": float(rng.uniform(2, 4)), "skewness": float(rng.normal()), "kurtosis": float(rng.normal()),
            "half_life": life,
        }
    entry.update(more)
    return entry


found = [pair("AAAUSDT", "BBBUSDT", True), pair("AAAUSDT", "CCCUSDT", True, "none"), pair("BBBUSDT", "USDCUSDT", True)]
everything = found + [pair("BBBUSDT", "CCCUSDT", False), pair("CCCUSDT", "USDCUSDT", False)]
dump(PAIRS / "cointegration_results_20250101_000000.json", {
    "metadata": {
        "analysis_date": "2025-01-01T00:00:00.123456", "data_years": [2023, 2024],
        "data_months": [list(range(1, 13)), list(range(1, 13))], "resample_interval": "4H", "significance_level": 0.05,
        "min_data_points": 1000, "total_symbols": 5, "symbols_with_data": 4, "total_pairs_tested": 5,
        "cointegrated_pairs_found": 3,
    },
    "cointegrated_pairs": found, "all_results": everything,
})
# Later runs of that program add keys; nan comes out of its regressions as a bare literal.
later = pair("AAAUSDT", "BBBUSDT", True, intercept=1.25, use_log_prices=False, r_squared=0.87)
later["spread_properties"]["half_life_ou"] = 9.5
later["spread_properties"]["skewness"] = float("nan")
dump(PAIRS / "cointegrated_pairs.later.json", {"metadata": {"analysis_date": "2025-08-28T10:00:00"}, "cointegrated_pairs": [later]})

flat = []
for entry in found:
    row = {key: value for key, value in entry.items() if key != "spread_properties"}
    row["critical_values"] = np.array(row["critical_values"])
    row.update({f"spread_{key}": value for key, value in entry["spread_properties"].items()})
    flat.append(row)
pd.DataFrame(flat).to_csv(PAIRS / "cointegrated_pairs.csv", index=False)

position = {
    "symbol1": "AAAUSDT", "symbol2": "BBBUSDT", "side": "long", "symbol1_qty": 1.0, "symbol2_qty": -0.75,
    "hedge_ratio": 0.75, "entry_time": "2025-08-20T16:14:01.839936", "entry_spread": 11.25,
    "entry_z_score": -1.4236415160247592, "status": "open",
}
executed = {
    "symbol1_executed_size": 10.0, "symbol2_executed_size": 7.5, "symbol1_executed_side": "buy",
    "symbol2_executed_side": "sell", "symbol1_entry_price": 7.5, "symbol2_entry_price": 5.0,
}
dump(PAIRS / "positions.old.json", {"AAAUSDT-BBBUSDT": position})
other = {**position, "symbol1": "CCCUSDT", "side": "short", "symbol1_qty": -1e-05, "symbol2_qty": 7.5e-06}
dump(PAIRS / "positions.json", {"AAAUSDT-BBBUSDT": {**position, **executed}, "CCCUSDT-BBBUSDT": {**other, **executed, "symbol2_entry_price": None}})
closed = {**position, "status": "closed"}
ending = {"exit_time": "2025-08-21T08:00:05.000001", "exit_spread": 10.5, "exit_z_score": -0.31, "exit_reason": "Mean reversion exit, z-score: -0.310"}
prices = {"exit_symbol1_size": 10.0, "exit_symbol2_size": 7.5, "exit_symbol1_side": "sell", "exit_symbol2_side": "buy", "exit_symbol1_price": 7.75, "exit_symbol2_price": 0.0}
dump(PAIRS / "trades_history.json", [{**closed, **ending}, {**closed, **executed, **ending, **prices}])
dump(PAIRS / "config.json", {
    "trading": {"sandbox": True, "portfolio_value": 25000, "risk_per_trade": 0.015, "max_positions": 4, "timeframe": "4h"},
    "strategy": {"lookback_period": 90, "entry_threshold": 1.5, "exit_threshold": 0.25, "stop_loss_threshold": 4.0},
    "data": {"lookback_periods": 120, "max_pairs_to_trade": 8},
    "files": {"cointegrated_pairs": "state/cointegrated_pairs.json", "positions": "state/positions.json", "trades_history": "state/trades_history.json"},
})

trades = pd.DataFrame([
    {"timestamp": "2025-10-08T14:30:01.000250", "symbol": "BTC", "signal_type": "BUY", "price": 121000.5, "confidence": 0.8,
     "reason": "New York session, open", "strategy": "btc_ny_session", "simulated_pnl": 0.0, "cumulative_pnl": 0.0,
     "position_size": 0.06611570247933884, "trade_id": "20251008_143001_btc_ny_session", "action": "BUY"},
    {"timestamp": "2025-10-08T21:30:00.750000", "symbol": "BTC", "signal_type": "SELL", "price": 122000.0, "confidence": 0.8,
     "reason": "", "strategy": "btc_ny_session", "simulated_pnl": 66.08, "cumulative_pnl": 66.08,
     "position_size": 0.06611570247933884, "trade_id": "20251008_213000_btc_ny_session", "action": "SELL"},
])
trades.to_csv(ENSEMBLE / "live_trades.csv", index=False)
dump(ENSEMBLE / "portfolio_state.json", {
    "current_positions": {"BTC": 0.0, "ETH": 1.5}, "cash_balance": 93200.25, "total_value": 99950.25,
    "cumulative_pnl": -49.75, "last_update": "2025-10-08T21:30:00.750000", "BTC_avg_price": 121000.5, "ETH_avg_price": 4500.0,
    "session_start": "2025-10-08T12:00:00+00:00",
})
stamp = "2025-10-08T21:31:01.000100"
dump(ENSEMBLE / "recent_signals.json", {
    "BTC": {"has_signals": True, "signals": [{"symbol": "BTC", "signal_type": "SHORT", "confidence": 0.8, "entry_price": 122000.0}],
            "signal_count": 1, "timestamp": stamp},
    "ETH": {"has_signals": False, "reason": "No signals generated this cycle", "timestamp": stamp},
})
