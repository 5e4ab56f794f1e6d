#pragma once

namespace plumb::wire {

/// How a venue numbers the changes of a book. None of our venues sends a checksum with its book (Kraken's
/// spot feed does; its futures feed, which is ours, does not), so sequence and crossing are the evidence.
enum class BookRule : unsigned char {
    contiguous,  // first = last before + 1: Binance spot (U, u), Kraken Futures (seq)
    previous,    // `previous` = last before: Binance USD-M (pu)
    ordered,     // numbers only grow; the connection's own gap rule ends it: Coinbase Advanced Trade
    unnumbered,  // snapshot flag only: Alpaca, Coinbase Exchange
};

/// Where a snapshot comes from.
enum class SnapshotBy : unsigned char {
    question,      // AskBook: Binance
    subscription,  // the first message of a new subscription: all others
};

}  // namespace plumb::wire
