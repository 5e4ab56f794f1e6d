#include "store/bar_coverage.hpp"

#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "io/file.hpp"

namespace plumb::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBytesMax = 16 << 20;

Json span_json(const TimeSpan& span) { return Json::array({to_iso(span.from), to_iso(span.to)}); }

Json gaps_json(const std::vector<BarCoverage::Gap>& gaps) {
    Json list = Json::array();
    for (std::size_t i = 0; i < gaps.size() && i < BarCoverage::kGapsMax; ++i) {
        Json row = span_json(gaps[i].span);
        row.push_back(gaps[i].bars);
        list.push_back(std::move(row));
    }
    return list;
}

Result<TimeSpan> read_span(const Json& row) {
    if (!row.is_array() || row.size() < 2 || !row[0].is_string() || !row[1].is_string())
        return fail(Errc::corrupt, "expected [from, to]");
    const auto from = parse_timestamp(row[0].get<std::string>()),
               to = parse_timestamp(row[1].get<std::string>());
    if (!from || !to || *to <= *from) return fail(Errc::corrupt, "expected [from, to], from before to");
    return TimeSpan{*from, *to};
}

Status read_gaps(const Json& root, const char* key, std::vector<BarCoverage::Gap>& gaps) {
    const auto list = root.find(key);
    if (list == root.end()) return {};
    if (!list->is_array()) return fail(Errc::corrupt, "expected a list of gaps");
    for (const Json& row : *list) {
        const auto span = read_span(row);
        if (!span) return fail(span.error());
        const bool counted = row.size() > 2 && row[2].is_number_unsigned();
        gaps.push_back({*span, counted ? row[2].get<std::size_t>() : 0});
    }
    return {};
}

Result<BarCoverage> read(const Json& root) {
    BarCoverage coverage;
    const auto answered = root.is_object() ? root.find("answered") : root.end();
    if (answered == root.end() || !answered->is_array()) return fail(Errc::corrupt, "expected \"answered\"");
    for (const Json& row : *answered) {
        const auto span = read_span(row);
        if (!span) return fail(span.error());
        coverage.answered.add(*span);
    }
    if (const Status read = read_gaps(root, "gaps_of_source", coverage.gaps_of_source); !read)
        return fail(read.error());
    if (const Status read = read_gaps(root, "gaps_of_ours", coverage.gaps_of_ours); !read)
        return fail(read.error());
    if (const auto trouble = root.find("trouble"); trouble != root.end() && trouble->is_string())
        coverage.trouble = trouble->get<std::string>();
    return coverage;
}

}  // namespace

std::filesystem::path coverage_file(const std::filesystem::path& bars_file) {
    std::filesystem::path file = bars_file;
    return file.replace_extension(".coverage.json");
}

Result<BarCoverage> load_coverage(const std::filesystem::path& file) {
    const Result<std::string> bytes = io::read_file(file, kBytesMax);
    if (!bytes && bytes.error().code() == Errc::not_found) return BarCoverage{};
    if (!bytes) return fail(bytes.error());
    const Json root = Json::parse(*bytes, nullptr, false);
    Result<BarCoverage> coverage = read(root);
    if (coverage) return coverage;
    return fail(Errc::corrupt, file.string() + ": " + coverage.error().message() +
                                   "; delete it, and its time is asked for again");
}

Status save_coverage(const std::filesystem::path& file, const BarCoverage& coverage) {
    Json root;
    root["answered"] = Json::array();
    for (const TimeSpan& span : coverage.answered.all()) root["answered"].push_back(span_json(span));
    root["gaps_of_source"] = gaps_json(coverage.gaps_of_source);
    root["gaps_of_ours"] = gaps_json(coverage.gaps_of_ours);
    root["trouble"] = coverage.trouble;
    return io::replace_file(file, root.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace plumb::store
