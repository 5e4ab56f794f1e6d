#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fixed_text.hpp"
#include "core/instrument.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// How a venue spells instruments. Both are pure.
struct Spelling {
    /// Base and quote of a symbol in our words; Errc::parse when it is none.
    Result<SymbolName> (*split)(std::string_view symbol) = nullptr;
    /// The venue's symbol for an instrument, as its streams and orders want it.
    std::string (*spell)(std::string_view base, std::string_view quote) = nullptr;
};

/// What a venue's symbols mean, and how it spells ours. Looking up allocates nothing.
class SymbolMap {
 public:
    static constexpr std::size_t kSymbolMax = 32;      // bytes of a symbol
    static constexpr std::size_t kSymbolsMax = 16384;  // so that a stranger's frames cannot grow us

    enum class Unknown : unsigned char {
        refuse,  // only the symbols that were added
        learn,   // split them and add an instrument with a grid of eight decimals
    };
    /// `instruments` outlives the map.
    SymbolMap(InstrumentTable& instruments, Spelling spelling, Unknown unknown)
        : instruments_{instruments}, spelling_{spelling}, unknown_{unknown} {}

    /// Says which instrument a symbol is; overrides what splitting would give. The first symbol added for an
    /// instrument is the one symbol_of() gives. Errc::duplicate, Errc::out_of_range.
    Status add(std::string_view symbol, InstrumentId instrument);
    /// Adds the venue's spelling of every instrument of the table that has none yet.
    Status add_all();
    /// Nothing for a symbol that is unknown, by the policy given.
    std::optional<InstrumentId> find(std::string_view symbol);
    /// The venue's spelling; empty where none was added.
    std::string_view symbol_of(InstrumentId instrument) const;

    void set_unknown(Unknown unknown) { unknown_ = unknown; }
    InstrumentTable& instruments() { return instruments_; }
    const InstrumentTable& instruments() const { return instruments_; }
    const Spelling& spelling() const { return spelling_; }

 private:
    struct Slot {
        SymbolText symbol;
        InstrumentId instrument;
    };

    std::size_t place_of(std::string_view symbol) const;
    void grow();
    std::optional<InstrumentId> learn(std::string_view symbol);

    InstrumentTable& instruments_;
    Spelling spelling_;
    Unknown unknown_;
    std::vector<Slot> slots_ =
        std::vector<Slot>(64);         // open addressing, at most half full; an empty symbol is free
    std::vector<SymbolText> symbols_;  // by instrument id
    std::size_t count_ = 0;
};

}  // namespace plumb::wire
