#include "app/credentials.hpp"

#include <fmt/format.h>

#include <array>

#include "app/setting_value.hpp"

namespace plumb::app {
namespace {

/// Settings of a venue's key; kNoSetting for a part that it has not.
struct Parts {
    std::size_t id, secret, passphrase;
};

Parts parts_of(std::string_view venue) {
    return {index_of(fmt::format("{}-api-key", venue)), index_of(fmt::format("{}-secret-key", venue)),
            index_of(fmt::format("{}-passphrase", venue))};
}

bool is_set(const Settings& settings, std::size_t index) {
    return index != kNoSetting && !settings.secret_at(index).empty();
}

/// The name people are told to set: an earlier program's first, since guides all over name those.
std::string variable_to_set(std::size_t index) {
    std::string name;
    for_each_word(kSettings[index].earlier_variable, [&](std::string_view each) {
        if (name.empty()) name = std::string{each};
    });
    return name.empty() ? variable_of(kSettings[index].key) : name;
}

/// Binance's futures live behind the same keys as its spot market unless somebody keeps them apart.
std::string_view keys_owner(const Settings& settings, std::string_view venue) {
    if (venue != "binance-futures") return venue;
    const Parts own = parts_of(venue);
    return is_set(settings, own.id) || is_set(settings, own.secret) ? venue : "binance";
}

}  // namespace

VenueKey key_of(const Settings& settings, std::string_view venue) {
    const Parts parts = parts_of(keys_owner(settings, venue));
    VenueKey key;
    const auto from = [&](std::size_t index) {
        const std::string& where = settings.value(index).where;
        if (key.from.find(where) != std::string::npos) return;
        key.from += (key.from.empty() ? "" : " and ") + where;
    };
    if (parts.secret == kNoSetting) {
        if (!is_set(settings, parts.id)) return key;
        key.credentials.secret = settings.secret_at(parts.id).clone();
        from(parts.id);
        return key;
    }
    if (is_set(settings, parts.id)) {
        key.credentials.key_id = std::string{settings.secret_at(parts.id).reveal()};
        from(parts.id);
    }
    if (is_set(settings, parts.secret)) {
        key.credentials.secret = settings.secret_at(parts.secret).clone();
        from(parts.secret);
    }
    if (is_set(settings, parts.passphrase)) {
        key.credentials.passphrase = settings.secret_at(parts.passphrase).clone();
        from(parts.passphrase);
    }
    return key;
}

std::string how_to_set_key(std::string_view venue) {
    const Parts parts = parts_of(venue);
    std::string names = variable_to_set(parts.id);
    if (parts.secret != kNoSetting) names += " and " + variable_to_set(parts.secret);
    return fmt::format("set {} in the environment or in .env, or name a key file with --key-file", names);
}

Status check_key_whole(const Settings& settings, std::string_view venue) {
    const std::string_view owner = keys_owner(settings, venue);
    const Parts parts = parts_of(owner);
    if (parts.secret == kNoSetting) return {};
    const bool id = is_set(settings, parts.id), secret = is_set(settings, parts.secret);
    if (id == secret) return {};
    const std::size_t there = id ? parts.id : parts.secret, missing = id ? parts.secret : parts.id;
    return fail(Errc::invalid_argument,
                fmt::format("{}: expected both halves of the key, found {} ({}) without {}: set {} too",
                            owner, kSettings[there].key, settings.value(there).where, kSettings[missing].key,
                            variable_to_set(missing)));
}

}  // namespace plumb::app
