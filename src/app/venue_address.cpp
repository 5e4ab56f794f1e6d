#include "app/venue_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace plumb::app {
namespace {

constexpr std::string_view kAlpacaPaper = "paper-api.alpaca.markets";
constexpr std::string_view kAlpacaLive = "api.alpaca.markets";

Error unfit(std::string_view text) {
    return Error{
        Errc::invalid_argument,
        fmt::format("expected an address such as https://127.0.0.1:8443, found \"{}\"", text.substr(0, 80))};
}

bool is_host_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

/// Says which setting the address stands in, and where; a flag or a variable says both.
Error placed(const Error& error, const Settings& settings, std::size_t index) {
    const Value& value = settings.value(index);
    const bool named_already = value.origin == Origin::flag || value.origin == Origin::environment;
    return named_already ? error.at(value.where) : error.at(kSettings[index].key).at(value.where);
}

/// The text of a setting whose key is made at run time.
std::string text_of(const Settings& settings, const std::string& key) {
    const std::size_t index = index_of(key);
    return index == kNoSetting ? std::string{} : settings.value(index).text;
}

}  // namespace

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    const bool dotted = std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    return dotted && host.starts_with("127.") && std::ranges::count(host, '.') == 3;
}

Result<io::Endpoint> parse_address(std::string_view text) {
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return fail(unfit(text));
    const std::string_view scheme = text.substr(0, colon);
    io::Endpoint endpoint;
    endpoint.tls = scheme == "https" || scheme == "wss";
    if (!endpoint.tls && scheme != "http" && scheme != "ws") return fail(unfit(text));
    endpoint.port = endpoint.tls ? 443 : 80;
    std::string_view rest = text.substr(colon + 3);
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) return fail(unfit(text));
        endpoint.host = std::string{rest.substr(1, end - 1)};
        const bool sound = std::ranges::all_of(endpoint.host, [](char c) {
            return c == ':' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        });
        if (!sound) return fail(unfit(text));
        rest.remove_prefix(end + 1);
    } else {
        const std::size_t end = rest.find(':');
        endpoint.host = std::string{rest.substr(0, end)};
        if (!std::ranges::all_of(endpoint.host, is_host_letter)) return fail(unfit(text));
        rest.remove_prefix(std::min(endpoint.host.size(), rest.size()));
    }
    if (endpoint.host.empty()) return fail(unfit(text));
    if (!rest.empty()) {
        const auto port = rest.front() == ':' ? port_of(rest.substr(1)) : std::nullopt;
        if (!port) return fail(unfit(text));
        endpoint.port = *port;
    }
    if (!endpoint.tls && !is_loopback(endpoint.host)) {
        return fail(
            Errc::invalid_argument,
            fmt::format("expected https://{0}: {1}:// is for loopback only, since keys and orders would "
                        "travel in the open",
                        endpoint.host, scheme));
    }
    return endpoint;
}

Result<wire::VenueAddresses> addresses_of(const Settings& settings, std::string_view venue) {
    wire::VenueAddresses addresses;
    std::string key = fmt::format("{}-address", venue);
    if (text_of(settings, key).empty()) key = "venue-address";
    const std::string text = text_of(settings, key);
    if (!text.empty()) {
        const Result<io::Endpoint> moved = parse_address(text);
        if (!moved) return fail(placed(moved.error(), settings, index_of(key)));
        addresses.trading = addresses.market_data = addresses.stream = addresses.private_stream = *moved;
    }
    if (venue != "alpaca" || !settings.chosen("alpaca-base-url")) return addresses;
    std::string_view base = settings.text("alpaca-base-url");
    if (base.ends_with("/v2")) base.remove_suffix(3);  // as Alpaca's older guides write it
    const Result<io::Endpoint> trading = parse_address(base);
    if (!trading) return fail(placed(trading.error(), settings, index_of("alpaca-base-url")));
    const bool own = trading->host == kAlpacaPaper || trading->host == kAlpacaLive;
    if (!own) addresses.trading = *trading;
    return addresses;
}

Result<bool> on_paper_endpoint(const Settings& settings, std::string_view venue) {
    if (venue != "alpaca") return settings.text("venue-endpoint") == "paper";
    std::string_view base = settings.text("alpaca-base-url");
    if (base.ends_with("/v2")) base.remove_suffix(3);
    const Result<io::Endpoint> trading = parse_address(base);
    if (!trading) return fail(placed(trading.error(), settings, index_of("alpaca-base-url")));
    return trading->host != kAlpacaLive;
}

}  // namespace plumb::app
