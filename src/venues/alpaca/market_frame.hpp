#pragma once

#include <vector>

#include "venues/alpaca/directory.hpp"
#include "venues/alpaca/messages.hpp"
#include "wire/json_frame.hpp"
#include "wire/json_walk.hpp"

namespace plumb::venues::alpaca {

/// Takes one object of market data apart: its scalars, the two sides of a book, the lists of an
/// acknowledgement. Holds the room for them, so that no message allocates.
class MarketObject {
 public:
    struct Acknowledged {
        wire::DataKind data;
        wire::SymbolText symbol;  // empty: all of them ("*")
    };

    MarketObject();

    /// False after refusing in `frame`.
    bool read(wire::JsonFrame& frame, wire::JsonFrame::Object object);
    /// The object that `walk` stands on, where it holds no levels and no lists of symbols. False: it does, or
    /// is not for the quick way.
    bool read(wire::JsonWalk& walk);

    const wire::Members& members() const { return members_; }
    /// `begin` of the frame.
    Parts parts(const char* begin) const { return {members_, begin, has_bids_, has_asks_, bids_, asks_}; }
    const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }

 private:
    bool read_nested(wire::JsonFrame& frame, std::size_t key, wire::JsonFrame::Value value);
    bool read_levels(wire::JsonFrame& frame, wire::JsonFrame::Value value, std::vector<BookLevel>& levels,
                     std::string_view name);
    bool read_symbols(wire::JsonFrame& frame, wire::JsonFrame::Value value, wire::DataKind data,
                      std::string_view name);

    void clear();

    wire::Members members_;
    std::vector<BookLevel> bids_, asks_;
    std::vector<Acknowledged> acknowledged_;
    bool has_bids_ = false, has_asks_ = false;
};

}  // namespace plumb::venues::alpaca
