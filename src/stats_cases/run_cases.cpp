#include "stats_cases/run_cases.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>
#include <sstream>

#include "stats_cases/case_functions.hpp"

namespace plumb::stats_cases {
namespace {

int wrong_file(std::ostream& err, const std::filesystem::path& file, const std::string& found) {
    err << fmt::format("plumb stats: {}: expected {{\"cases\": [{{\"id\", \"fn\", ...}}]}}, {}\n",
                       file.string(), found);
    return 2;
}

Json answer(const Json& item, CaseInput& input) {
    Json line;
    line["id"] = item.is_object() && item.contains("id") ? item["id"] : Json{};
    const Result<Json> result = run_case(item, input);
    if (result) {
        line["result"] = *result;
    } else {
        line["error"] = {{"kind", to_string(result.error().code())}, {"message", result.error().message()}};
    }
    return line;
}

}  // namespace

Result<Json> run_case(const Json& item, CaseInput& input) {
    if (!item.is_object()) return fail(Errc::parse, "a case is an object");
    const auto name = item.find("fn");
    if (name == item.end() || !name->is_string()) return fail(Errc::parse, "the case has no \"fn\"");
    const CaseFunction function = find_function(name->get<std::string>());
    if (function == nullptr)
        return fail(Errc::unsupported, fmt::format("no statistic is called {}", name->get<std::string>()));
    const auto args = item.find("args");
    const bool absent = args == item.end() || args->is_null();
    if (!absent && !args->is_object()) return fail(Errc::invalid_argument, "\"args\" is an object");
    return function({item, absent ? Json::object() : *args, input});
}

int run_cases(const std::filesystem::path& file, const std::filesystem::path& data_root, std::ostream& out,
              std::ostream& err) {
    std::ifstream in{file, std::ios::binary};
    if (!in || std::filesystem::is_directory(file)) {
        err << fmt::format("plumb stats: cannot read {}: {}; give --cases a file\n", file.string(),
                           in ? "it is a directory" : std::strerror(errno));
        return 3;
    }
    std::ostringstream text;
    text << in.rdbuf();
    const Json document = Json::parse(quote_non_finite(text.str()), nullptr, false);
    if (document.is_discarded()) return wrong_file(err, file, "found text that is not JSON");
    if (!document.is_object() || !document.contains("cases") || !document["cases"].is_array()) {
        return wrong_file(err, file, "found JSON without a list of cases");
    }
    CaseInput input{data_root};
    for (const Json& item : document["cases"]) {
        out << answer(item, input).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    }
    return 0;
}

}  // namespace plumb::stats_cases
