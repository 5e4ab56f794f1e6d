#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/fixed_text.hpp"
#include "base/result.hpp"

namespace plumb {

/// A small dense number that names one thing of one kind within a session; an index into that kind's table.
template <class Kind>
struct Id {
    std::uint32_t value = 0;

    friend constexpr auto operator<=>(Id, Id) = default;
    friend constexpr bool operator==(Id, Id) = default;
};

using InstrumentId = Id<struct InstrumentKind>;
using PairId = Id<struct PairKind>;

/// Ours: chosen before the order leaves, never reused. Install and epoch (the count of starts of this
/// workspace) are kept in the trading record, the counter runs within an epoch, so a crash cannot lead to the
/// same id twice (E22).
struct ClientOrderId {
    std::uint32_t install = 0;
    std::uint32_t epoch = 0;
    std::uint64_t counter = 0;

    friend constexpr auto operator<=>(const ClientOrderId&, const ClientOrderId&) = default;
    friend constexpr bool operator==(const ClientOrderId&, const ClientOrderId&) = default;

    /// "pl-1a2b3c4d-7-42": at most 36 characters, letters, digits and dashes, which every venue accepts.
    std::string to_string() const;
    static Result<ClientOrderId> parse(std::string_view text);
};

using VenueOrderId = FixedText<40>;
using ExecutionId = FixedText<40>;  // the venue's name of one fill; the key of the set of fills

}  // namespace plumb
