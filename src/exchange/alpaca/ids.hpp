#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/protocol/uuid_series.hpp"

namespace plumb::exchange::alpaca {

/// What an identifier names: the same number is another identifier for each.
enum class IdKind : unsigned char { order, execution, account, watchlist, client_order, request, event };

/// The venue's identifiers: numbers of the model as UUIDs and back, one series for each kind.
class Uuids {
 public:
    explicit Uuids(std::uint64_t seed) : seed_{seed} {}

    std::string text(IdKind kind, std::uint64_t number) const { return series(kind).text(number); }
    /// nullopt for what is no UUID, of another kind or never given out by this seed.
    std::optional<std::uint64_t> number(IdKind kind, std::string_view text) const;

 private:
    UuidSeries series(IdKind kind) const { return {seed_, static_cast<std::uint64_t>(kind)}; }

    std::uint64_t seed_;
};

/// The UUID of a name, the same at every start: assets.
std::string uuid_of_name(std::string_view name);
bool is_uuid(std::string_view text);

}  // namespace plumb::exchange::alpaca
