#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "app/config_file.hpp"
#include "exchange/judge/judge.hpp"

namespace plumb::app {
namespace {

using exchange::Finding;
using exchange::JudgedLimits;

/// The limits that the judged workspace's own configuration names; without a file, or a key, nothing is
/// judged.
Result<JudgedLimits> limits_of(const std::filesystem::path& workspace) {
    JudgedLimits limits;
    for (const char* name : {"plumb.yaml", "config.json"}) {
        std::error_code ignored;
        if (!std::filesystem::exists(workspace / name, ignored)) continue;
        const Result<std::vector<FileEntry>> entries = read_config_file(workspace / name);
        if (!entries) return fail(entries.error());
        for (const FileEntry& entry : *entries) {
            if (entry.key != "max-positions" && entry.key != "gross-exposure-max") continue;
            const Result<Decimal> value = Decimal::parse(entry.text);
            if (!value || value->sign() <= 0 || Decimal{1'000'000} < *value)
                return fail(Error{Errc::parse, fmt::format("{}: expected a number above zero, found \"{}\"",
                                                           entry.key, entry.text)}
                                .at(entry.where));
            if (entry.key == "gross-exposure-max") {
                limits.gross_exposure_max = *value;
            } else {
                limits.positions_max = static_cast<int>(value->units() / Decimal::kOne);
            }
        }
        break;  // one file only, as every command reads it
    }
    return limits;
}

void print(const Finding& finding, bool as_json, std::ostream& out) {
    if (!as_json) {
        out << one_line(fmt::format("{} {}: {}", to_string(finding.kind), finding.subject, finding.text))
            << '\n';
        return;
    }
    const nlohmann::ordered_json line = {
        {"finding", to_string(finding.kind)}, {"subject", finding.subject}, {"text", finding.text}};
    out << line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace

/// `plumb check-truth TRUTH WORKSPACE`: one line for each finding, and done when there is none.
Result<ExitStatus> run_check_truth(const Settings& settings, const Streams& streams) {
    if (settings.arguments().empty() || 2 < settings.arguments().size())
        return fail(Errc::invalid_argument, "check-truth expected a truth log and a workspace");
    const std::filesystem::path workspace = settings.arguments().size() == 2
                                                ? std::filesystem::path{settings.arguments()[1]}
                                                : settings.workspace();
    const Result<exchange::Truth> truth = exchange::read_truth(settings.arguments().front());
    if (!truth) return fail(truth.error());
    const Result<exchange::Belief> belief = exchange::read_belief(workspace);
    if (!belief) return fail(belief.error());
    const Result<const exchange::TruthAccount*> account = exchange::find_account(*truth, *belief);
    if (!account) return fail(account.error());
    const Result<JudgedLimits> limits = limits_of(workspace);
    if (!limits) return fail(limits.error());
    const std::vector<Finding> findings = exchange::judge(**account, *belief, *limits);
    for (const Finding& each : findings) print(each, settings.flag("json"), streams.out);
    if (!settings.flag("json")) {
        streams.out << fmt::format(
            "{} findings: {} orders and {} fills at the venue, {} and {} in the record\n", findings.size(),
            (*account)->orders.size(), (*account)->fills.size(), belief->orders.size(), belief->fills.size());
    }
    return findings.empty() ? ExitStatus::done : ExitStatus::answer_is_no;
}

}  // namespace plumb::app
