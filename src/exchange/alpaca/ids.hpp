#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb::exchange::alpaca {

/// What an identifier names: the same number is another identifier for each.
enum class IdKind : unsigned char { order, execution, account, watchlist, client_order, request, event };

/// The venue's identifiers: numbers of the model as version 4 UUIDs and back, without a table. They look
/// random, depend on the seed and the kind, and a made-up one is known as such.
class Uuids {
 public:
    explicit Uuids(std::uint64_t seed) : seed_{seed} {}

    /// `number` below 2^60.
    std::string text(IdKind kind, std::uint64_t number) const;
    /// nullopt for what is no UUID, of another kind or never given out by this seed.
    std::optional<std::uint64_t> number(IdKind kind, std::string_view text) const;

 private:
    std::uint64_t seed_;
};

/// The UUID of a name, the same at every start: assets.
std::string uuid_of_name(std::string_view name);
bool is_uuid(std::string_view text);

}  // namespace plumb::exchange::alpaca
