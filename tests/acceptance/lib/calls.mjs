/// What one client did at one venue: a line for each call.
export class Calls {
    constructor(client, venue) {
        this.client = client;
        this.venue = venue;
        this.lines = [];
    }

    /// Runs `work`, at most `seconds` long; gives back what it gives, or undefined after a failure.
    async call(name, work, seconds = 15) {
        let timer;
        const deadline = new Promise((_, reject) => {
            timer = setTimeout(() => reject(new Error(`nothing came in ${seconds} s`)), seconds * 1000);
        });
        try {
            const result = await Promise.race([Promise.resolve().then(work), deadline]);
            this.lines.push({ name, status: 'ok' });
            console.log(`ok ${this.client} ${this.venue} ${name}`);
            return result;
        } catch (error) {
            this.fail(name, error);
            return undefined;
        } finally {
            clearTimeout(timer);
        }
    }

    fail(name, error) {
        this.lines.push({ name, status: 'FAIL' });
        const reason = `${error?.name ?? 'Error'}: ${error?.message ?? String(error)}`.replace(/\s+/g, ' ').slice(0, 400);
        console.log(`FAIL ${this.client} ${this.venue} ${name}: ${reason}`);
        if (process.env.ACCEPTANCE_STACKS) console.error(error);
    }
}
