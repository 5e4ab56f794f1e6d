#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/fixed_text.hpp"
#include "core/instrument.hpp"

namespace plumb::venues::binance {

/// Base and quote of a venue symbol such as BTCUSDT, cut at the longest quote we know. Errc::parse when none
/// fits.
Result<SymbolName> split_symbol(std::string_view symbol);

/// What a venue symbol means. Looking up allocates nothing.
class SymbolMap {
 public:
    static constexpr std::size_t kSymbolMax = 32;     // bytes of a symbol
    static constexpr std::size_t kSymbolsMax = 8192;  // learnt, so that a stranger's frames cannot grow us

    enum class Unknown : unsigned char {
        refuse,  // only the symbols that were added
        learn,   // split them and add an instrument with a grid of eight decimals
    };
    /// `instruments` outlives the map.
    SymbolMap(InstrumentTable& instruments, Unknown unknown) : instruments_{instruments}, unknown_{unknown} {}

    /// Says which instrument a symbol is; overrides what splitting would give. Errc::duplicate,
    /// Errc::out_of_range.
    Status add(std::string_view symbol, InstrumentId instrument);
    /// Adds BASEQUOTE for every instrument of the table.
    Status add_all();
    /// Nothing for a symbol that is unknown, by the policy given.
    std::optional<InstrumentId> find(std::string_view symbol);

    const InstrumentTable& instruments() const { return instruments_; }

 private:
    struct Slot {
        FixedText<kSymbolMax> symbol;
        InstrumentId instrument;
    };

    std::size_t place_of(std::string_view symbol) const;
    void grow();
    std::optional<InstrumentId> learn(std::string_view symbol);

    InstrumentTable& instruments_;
    Unknown unknown_;
    std::vector<Slot> slots_ =
        std::vector<Slot>(64);  // open addressing, at most half full; an empty symbol is free
    std::size_t count_ = 0;
};

}  // namespace plumb::venues::binance
