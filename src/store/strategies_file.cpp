#include "store/strategies_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::store {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        parts.push_back(trimmed(text.substr(at, end - at)));
        at = end + 1;
    }
    return parts;
}

Result<StrategyLine> read_line(std::string_view line) {
    const std::vector<std::string_view> parts = split(line, ',');
    if (parts.size() < 3 || parts.size() > 4) {
        return fail(
            Errc::parse,
            fmt::format("expected filename,strategy_id,allocation[,symbol], found {} fields", parts.size()));
    }
    if (parts[0].empty() || parts[1].empty())
        return fail(Errc::parse, "expected a file name and an id, found an empty one");
    const auto allocation = Decimal::parse(parts[2]);
    if (!allocation) return fail(allocation.error().at("allocation"));
    if (allocation->sign() <= 0 || *allocation > Decimal{1}) {
        return fail(Errc::out_of_range,
                    fmt::format("allocation: expected a fraction above 0 and at most 1, found {}", parts[2]));
    }
    return StrategyLine{std::string{parts[0]}, std::string{parts[1]}, *allocation,
                        parts.size() == 4 ? std::string{parts[3]} : std::string{}};
}

}  // namespace

Result<std::vector<StrategyLine>> read_strategies(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<StrategyLine> lines;
    std::size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        if (line.empty() || line[0] == '#') continue;
        auto strategy = read_line(line);
        if (!strategy) return fail(strategy.error().at(fmt::format("line {}", number)));
        const auto same = [&](const StrategyLine& other) {
            return other.strategy_id == strategy->strategy_id;
        };
        if (std::any_of(lines.begin(), lines.end(), same)) {
            return fail(Errc::duplicate, fmt::format("line {}: expected an id of its own, found {} again",
                                                     number, strategy->strategy_id));
        }
        lines.push_back(*std::move(strategy));
    }
    if (lines.empty())
        return fail(Errc::empty, "expected at least one line filename,strategy_id,allocation[,symbol]");
    return lines;
}

std::string write_strategies(const std::vector<StrategyLine>& lines) {
    std::string out = "# filename,strategy_id,allocation[,symbol]\n";
    for (const StrategyLine& line : lines) {
        out += fmt::format("{},{},{}{}{}\n", line.filename, line.strategy_id, line.allocation.to_string(),
                           line.symbol.empty() ? "" : ",", line.symbol);
    }
    return out;
}

bool allocations_are_whole(const std::vector<StrategyLine>& lines) {
    Decimal sum;
    for (const StrategyLine& line : lines) sum += line.allocation;
    return (sum - Decimal{1}).abs() <= Decimal::power_of_ten(-2);
}

}  // namespace plumb::store
