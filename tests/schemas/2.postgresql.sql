






CREATE TABLE public.actions (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    text text NOT NULL,
    done boolean NOT NULL,
    owner text NOT NULL,
    due date,
    ticket text NOT NULL,
    done_on date
);



CREATE TABLE public.answers (
    entry character varying(96) NOT NULL,
    question integer NOT NULL,
    "position" integer NOT NULL,
    text text NOT NULL,
    by text NOT NULL,
    at timestamp without time zone,
    evidence text NOT NULL
);



CREATE TABLE public.checkout_files (
    checkout character varying(32) NOT NULL,
    entry character varying(96) NOT NULL,
    path text NOT NULL,
    file_rev integer NOT NULL,
    file_sha character varying(64) NOT NULL
);



CREATE TABLE public.checkouts (
    id character varying(32) NOT NULL,
    machine text NOT NULL,
    path text NOT NULL
);



CREATE TABLE public.checks (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    text text NOT NULL,
    done boolean NOT NULL,
    result text NOT NULL,
    by text NOT NULL
);



CREATE TABLE public.deployment_links (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    deployment text NOT NULL,
    relation character varying(32) NOT NULL
);



CREATE TABLE public.deployments (
    entry character varying(96) NOT NULL,
    status character varying(32) NOT NULL,
    environment text NOT NULL,
    tool text NOT NULL,
    window_start timestamp without time zone,
    window_end timestamp without time zone,
    started timestamp without time zone,
    finished timestamp without time zone,
    meeting timestamp without time zone,
    decision text NOT NULL,
    override text NOT NULL,
    summary text NOT NULL,
    discussion text NOT NULL,
    rollback_plan text NOT NULL
);



CREATE TABLE public.entries (
    id character varying(96) NOT NULL,
    kind character varying(32) NOT NULL,
    rev integer NOT NULL,
    path text NOT NULL,
    title text NOT NULL,
    visibility character varying(32) NOT NULL,
    sha256 character varying(64) NOT NULL,
    made_by character varying(32) NOT NULL,
    deleted_at timestamp without time zone,
    text text NOT NULL,
    model text NOT NULL
);



CREATE TABLE public.events (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    at timestamp without time zone,
    kind text NOT NULL,
    by text NOT NULL,
    text text NOT NULL
);



CREATE TABLE public.held_files (
    checkout character varying(32) NOT NULL,
    path text NOT NULL,
    sha256 character varying(64) NOT NULL,
    entry character varying(96)
);



CREATE TABLE public.incidents (
    entry character varying(96) NOT NULL,
    status character varying(32) NOT NULL,
    severity character varying(32) NOT NULL,
    near_miss boolean NOT NULL,
    started timestamp without time zone,
    detected timestamp without time zone,
    acknowledged timestamp without time zone,
    mitigated timestamp without time zone,
    resolved timestamp without time zone,
    detected_by text NOT NULL,
    environment text NOT NULL,
    source text NOT NULL,
    company text NOT NULL,
    summary text NOT NULL,
    impact text NOT NULL,
    trigger text NOT NULL,
    root_cause text NOT NULL,
    resolution text NOT NULL
);



CREATE TABLE public.index_marks (
    index character varying(96) NOT NULL,
    entry character varying(96) NOT NULL,
    rev integer NOT NULL
);



CREATE TABLE public.items (
    entry character varying(96) NOT NULL,
    field character varying(32) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    text text NOT NULL
);



CREATE TABLE public.lessons (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    kind character varying(32) NOT NULL,
    text text NOT NULL
);



CREATE TABLE public.meta (
    key character varying(32) NOT NULL,
    value text NOT NULL
);



CREATE TABLE public.names (
    entry character varying(96) NOT NULL,
    field character varying(32) NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL
);



CREATE TABLE public.questions (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    text text NOT NULL,
    asked_by text NOT NULL,
    at timestamp without time zone,
    verdict character varying(32) NOT NULL
);



CREATE TABLE public.revisions (
    entry character varying(96) NOT NULL,
    rev integer NOT NULL,
    sha256 character varying(64) NOT NULL,
    text bytea NOT NULL,
    at timestamp without time zone NOT NULL,
    by text NOT NULL,
    via text NOT NULL,
    checkout character varying(32) NOT NULL
);



CREATE TABLE public.risks (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    item character varying(32) NOT NULL,
    text text NOT NULL,
    likelihood text NOT NULL,
    impact text NOT NULL,
    mitigation text NOT NULL,
    owner text NOT NULL,
    outcome text NOT NULL
);



CREATE TABLE public.services (
    entry character varying(96) NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    previous text NOT NULL
);



CREATE TABLE public.systems (
    entry character varying(96) NOT NULL,
    status character varying(32) NOT NULL,
    environment text NOT NULL,
    owner text NOT NULL,
    summary text NOT NULL
);









INSERT INTO public.checkout_files VALUES ('3b309fb9e422cd13', '2026-03-12-checkout-is-slow', 'entries/incidents/2026/2026-03-12-checkout-is-slow.md', 3, 'd847de411f5f77201f4d7cd7279c9f9df115ce2404f9bab03b0072f86188aa10');



INSERT INTO public.checkouts VALUES ('3b309fb9e422cd13', 'desk', '/home/ana/notes');












INSERT INTO public.entries VALUES ('2026-03-12-checkout-is-slow', 'incident', 3, 'entries/incidents/2026/2026-03-12-checkout-is-slow.md', 'Checkout is slow', 'internal', 'd847de411f5f77201f4d7cd7279c9f9df115ce2404f9bab03b0072f86188aa10', '0.1.0-ed889649', NULL, '---
id: 2026-03-12-checkout-is-slow
kind: incident
status: investigating
severity: sev2
visibility: internal
timezone: America/Chicago
started: 2026-03-12 09:00
services: [storefront]
---

# Checkout is slow

## Summary

<!-- What happened, in three sentences, for somebody who was not there. -->

## Impact

<!-- Who was hit, by what, for how long. -->

## Symptoms

<!-- What was seen, one thing a line, in the words of the people who saw it. -->

## Timeline

<!-- One event a line: - **2019-03-12 09:00** `detection` Alert e-mails. (by: IT operations) -->

- **2026-03-12 09:10** Pool at its limit. (by: ana) <!-- e:fyvbds -->

## Questions asked

<!-- One question a line, its answers below it: - [x] What changed? (asked_by: CTO; verdict: dead end) -->

- [ ] What else runs there? (asked_by: CTO; at: 2026-03-12 09:20) <!-- q:8n1xcr -->

## Trigger

<!-- What set it off. -->

## Root cause

<!-- Why it could happen. -->

## Contributing factors

<!-- What made it worse or longer, one thing a line. -->

## Resolution

<!-- What stopped it. -->

## Lessons

<!-- One lesson a line; **Went well:**, **Went wrong:** or **Got lucky:** in front says of what kind. -->

## Action items

<!-- - [ ] What is to be done (owner: @who; due: 2030-01-31; ticket: OPS-1) -->
', '{"kind":"incident","id":"2026-03-12-checkout-is-slow","title":"Checkout is slow","timezone":"America/Chicago","timeline":[{"text":"Pool at its limit.","at":["2026-03-12T09:10:00-05:00","minute"],"by":"ana","id":"fyvbds"}],"questions":[{"text":"What else runs there?","asked_by":"CTO","at":["2026-03-12T09:20:00-05:00","minute"],"id":"8n1xcr"}],"severity":"sev2","started":["2026-03-12T09:00:00-05:00","minute"],"services":["storefront"]}');
INSERT INTO public.entries VALUES ('app-server-01', 'system', 2, 'entries/systems/app-server-01.md', 'app-server-01', 'internal', '26d7ee8d43ef5613b8ff7ad74ee001fe3d696a9d222a659b235134ee1b1dd76c', '0.1.0-ed889649', '2026-11-25 08:22:47.794991', '---
id: app-server-01
kind: system
status: active
visibility: internal
timezone: America/Chicago
---

# app-server-01

## Summary

<!-- What it is for. -->

## Expected to run

<!-- Everything that should run here, one a line, with the names of its programs in backticks. What is not listed should not be there. -->

## Found but unexpected

## Lessons

## Action items
', '{"kind":"system","id":"app-server-01","title":"app-server-01","timezone":"America/Chicago"}');



INSERT INTO public.events VALUES ('2026-03-12-checkout-is-slow', 0, 'fyvbds', '2026-03-12 14:10:00', 'note', 'ana', 'Pool at its limit.');






INSERT INTO public.incidents VALUES ('2026-03-12-checkout-is-slow', 'investigating', 'sev2', false, '2026-03-12 14:00:00', NULL, NULL, NULL, NULL, '', '', '', '', '', '', '', '', '');



INSERT INTO public.index_marks VALUES ('3b309fb9e422cd13:94383fb63520633d', '2026-03-12-checkout-is-slow', 3);









INSERT INTO public.meta VALUES ('schema', '2');






INSERT INTO public.questions VALUES ('2026-03-12-checkout-is-slow', 0, '8n1xcr', 'What else runs there?', 'CTO', '2026-03-12 14:20:00', 'open');



INSERT INTO public.revisions VALUES ('2026-03-12-checkout-is-slow', 1, 'ba824dce51bf439a3c3c82a9cb6be334c7b24311693accab60ed6798beaeec0e', '\x785e6593d16bdb3010c6dffd57dce84b67a2ce496150676c2b79188541b725d0875256c5bad822b2ce93e478de5fbf93e3c5097b09cef9f4dde7ef771242245ae5b0c816ef45762be60b515458eca90d427be10d75c95e5beed0b6d00a6d487c90a1f5b170401f742983b665e2f1804e873e077e5a2407edf5569ba1a06d4067a54982aef10f59cce1bee6e642be5b55fc5b52d474012f7c4076976719ebba832e90e73dfb400e778e6c784904fb4eae60357a05ed61f09a5c5dc1baad6be9fa24f9f0460878aa64804a360d5a54333603a172886c936d59569ec18e1c78aa714baa87ae22e8a4074b813bd1e10d08f171107ea81b598493eeb1afd26106db784ef24394aaa80343b69c0eaefbba0954fb734bf1ac47b433e04478128708128cb6389a44e8c8290fb48b3ea0416a0cd7d89e971de830c96f38d77870947f643da661c3a8978380345d64f3bb23e163b2690aaf0a031641937d857b832e008a5a6ae36fe07acbe01e36400d3a064cd6bf3dc5f0bd8ddcb904d2ef519d4dfd35be993e247093f51d3a0f5b6440ec3bda79fefd72045354d296a83ec1f5a0f5338e5d6d1e97c0dba474c1cd0aa502b46a9abf71ba2cd19d87e931b03247b59b52f9414cb090adff97cb53d5c7a6825aa3c68d98ba57bc564e6fdbb8ccb063cce42e70d552613ccd4c3c02538e84d1fd4fefcc007a322c48f6c26a20de457501f02b7acf799e256986ca98e392f13d459e1d1a93a7e9ecf49f2f43c985e8274dbff0f79ab6d8f7b1c27b3e5c155e967ed8a1b89f10aff264f07e60cf4ef0b49a8c0646347ca5023135507141afa9b3e872f8cc0bb804d5f2255e64b799c8e6e276be84a08b3d32adc76f6b313fa2fa0b06455792', '2026-11-25 08:22:33.765031', '', 'kb new incident', '3b309fb9e422cd13');
INSERT INTO public.revisions VALUES ('2026-03-12-checkout-is-slow', 2, '61e560824cf421522042b069465a9a0b93a959629dd9a2c818c9090e443af9d9', '\x785e6554c16edb300cbdfb2b38f4d21a51e7a4c0803ac3b62287a1c080766b801e8a62552cc616228b9e24c773bf7e94ed360976091c9a7a7a7cefd1428844ab1c16d9e293c8aec47c218a0a8b1db541682fbca12ed969cb1dda165aa10d890f32b43e16f6e8832e65d0b64c3ceed1e9d0e7c04f8b64afbdde683314b40de8ac3449d035be92c51c6e6a6e2ee4c755c5bf25454c17f0840764d7799631aedbeb02f9be271fc8e1d6910dcf8960dec919ac26aea03d0c5c93b3337868eb5aba3e493e7f10021e2b19a0924d8316d58cc940a81c22d3645a969167b025079e6adc90eaa1ab083ae9c152e04e747809427c19806feb4616e11d77ecab7498c1269e93fc10a12aeac0902d0f071ffaba0954fb634af1ac47b4336045f826161124186d712289d091531e681b794083d418ae313d2f3bd0e100bf665de3c109fe8ef1d80d1b26bc1c04a4e9229b5f8f0e8fcaa629bc280c58044df6056e0cba00286aa98dbf84f30d1b77bb066ad0b1c164fdc528c308f5169608358f50f7440658681d3ccf5047760384b4f202061f30dff6fb0dcff3a6e6cf36c6879141fa1daa23f27fa637073d18555adfa1f3b041f699ef89533dfd7d1efd2d2a694b545fe17cc0fa1daf5eadef96c0a154bae0668552015a358dc16eae9d2e4b74c79e788c13b0e2db83b8bf888350c8d6bfc9fb58f5b1a9a0d6a8295887ee15a7d3e94d1b7702b69c167227aed752613ccdd67a040e4b0c0abaff437044003d1906247b423510475a9de4e0077acf7a1e296986caa4e392ad7b8cb1e8d0983c4d67efff79a74a2e443e69fa9de7356db1eb6385d765d838ce5c3f4431c61ce217e140f066881033c1f784b3353059c39b19885d0315737e4e9d4597c337cef11254cbdf82457695896c2eaee64b08bad821bb7577ff20e6a355ff001c0669e7', '2026-11-25 08:22:36.945683', 'ana', 'kb log', '3b309fb9e422cd13');
INSERT INTO public.revisions VALUES ('2026-03-12-checkout-is-slow', 3, 'd847de411f5f77201f4d7cd7279c9f9df115ce2404f9bab03b0072f86188aa10', '\x785e65544d6fdb300cbdfb5770e8a535a2ce49816175866d450e438101edd6003d14c5aa588c2d441653498eebfefa518ef3855e0c9b269f1ef91e258448b4ca61924dbe88ec4a8c27a2a8b058511384f6c21b6a9395b69ca16da115da90f82043e36360833ee852066dcbc4e3069d0e5d0efc364936daeb85367d40db80ce4a93045de33b59cce1a6e6e4427e9e55fc2c2962ba80273c20bbceb38c71dd4617c8e73df9400e978e6c784e04f34ece60367005eda1e79a9c9dc14353d7d27549f2ed9310f058c900955cafd1a21a3119089543649a4ccb32f20896e4c0538d0b521db415412b3d580a9c890e2f4188ef3df06dbd9645d8e36ef32a1d46b08875925f2254452d18b2e5a1f0a1abd7816a7f4c29d67a443b029e089fc4430409465b1c4822b4e494075a461eb0465a1b8e313d2f5bd0e1003fe7b9c6c201fe8ef1580d1b06bc1c04a4e9241b5f6f15de4e364de14561c02268b22f7063d00540514b6dfc259c2f58b8db39d01a1d0b4cd65f6cc7b085da9925428d23d43d91011eb40e9e7ba823bb1e425a7901bd0e982fbbcd82fbd94df34f13edc3c820fd0ad511f9d7e1cf611e8c2aad6fd1795820ebcce7c4ae9ede9eb7fa1695b425aa1f70de63fd8b47cfe6775360532a5d70b242a900addab7f104432d1a8fe01ae6d1cbfd114372f969cb936c68ea35ff6ac76f85db373577ba2cd11d0bed318e85655c1e14fb4becae42367ea7d963d5c5a4821aa306b71eb2676c79a7174d5c3458b205c99d58a9960a6335fb855b610746f7a1fbe8ac2302e8c93020d913aa81784fd489b97ea3f72cd2913ca68f0ce24cd90f8fd16b2d1a93a7e968ffcd8b5a7220f249d35fdcaf698a551723bc83fd1ab391bbdedf7177205e33078237bd2f9909eed786f5de69c6eb1e88ad002a2ecf39b5165d0e3f7939a6a01abe6026d95526b2b1b81a4f21e86285ace1ddfd83186ff5ff0f3b728106', '2026-11-25 08:22:39.22025', 'CTO', 'kb ask', '3b309fb9e422cd13');
INSERT INTO public.revisions VALUES ('app-server-01', 1, '26d7ee8d43ef5613b8ff7ad74ee001fe3d696a9d222a659b235134ee1b1dd76c', '\x785e5d90414bc4400c85eff32b22bd3aab5e8b088bec9ebc79f03c6db39db09d4c9964aaf5d79b2e1541188610decbfb12efbda3a18530cf5eb02c58fce393bb125b4f56514c4e34681593f44a0bba85843a9a48d71688150b87c92925fcce8c2d1c1316eac3c36bb47fccce5b806bfecd774d03ef35a55056e79eefbc878f1814c89ec025970378ff62b6064e5f33f68a0368865279579f8c73d5483c826e4689b94ec326808805efc15020c0446cf52769341902878402f962390273c96309496c07e8427f55eaaf72d8390438abd96dffe177f8d6e9701b54f08fef9c2b0fd05585cab8b3dec0df5024b3dceaa35d2eb3c56212f7036bbc7879', '2026-11-25 08:22:43.84', '', 'kb new system', '3b309fb9e422cd13');
INSERT INTO public.revisions VALUES ('app-server-01', 2, '26d7ee8d43ef5613b8ff7ad74ee001fe3d696a9d222a659b235134ee1b1dd76c', '\x785e5d90414bc4400c85eff32b22bd3aab5e8b088bec9ebc79f03c6db39db09d4c9964aaf5d79b2e1541188610decbfb12efbda3a18530cf5eb02c58fce393bb125b4f56514c4e34681593f44a0bba85843a9a48d71688150b87c92925fcce8c2d1c1316eac3c36bb47fccce5b806bfecd774d03ef35a55056e79eefbc878f1814c89ec025970378ff62b6064e5f33f68a0368865279579f8c73d5483c826e4689b94ec326808805efc15020c0446cf52769341902878402f962390273c96309496c07e8427f55eaaf72d8390438abd96dffe177f8d6e9701b54f08fef9c2b0fd05585cab8b3dec0df5024b3dceaa35d2eb3c56212f7036bbc7879', '2026-11-25 08:22:47.794991', '', 'file', '3b309fb9e422cd13');






INSERT INTO public.services VALUES ('2026-03-12-checkout-is-slow', 0, 'storefront', '', '');






ALTER TABLE ONLY public.actions
    ADD CONSTRAINT pk_actions PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (entry, question, "position");



ALTER TABLE ONLY public.checkout_files
    ADD CONSTRAINT pk_checkout_files PRIMARY KEY (checkout, entry);



ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT pk_checkouts PRIMARY KEY (id);



ALTER TABLE ONLY public.checks
    ADD CONSTRAINT pk_checks PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.deployment_links
    ADD CONSTRAINT pk_deployment_links PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT pk_deployments PRIMARY KEY (entry);



ALTER TABLE ONLY public.entries
    ADD CONSTRAINT pk_entries PRIMARY KEY (id);



ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.held_files
    ADD CONSTRAINT pk_held_files PRIMARY KEY (checkout, path);



ALTER TABLE ONLY public.incidents
    ADD CONSTRAINT pk_incidents PRIMARY KEY (entry);



ALTER TABLE ONLY public.index_marks
    ADD CONSTRAINT pk_index_marks PRIMARY KEY (index, entry);



ALTER TABLE ONLY public.items
    ADD CONSTRAINT pk_items PRIMARY KEY (entry, field, "position");



ALTER TABLE ONLY public.lessons
    ADD CONSTRAINT pk_lessons PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.meta
    ADD CONSTRAINT pk_meta PRIMARY KEY (key);



ALTER TABLE ONLY public.names
    ADD CONSTRAINT pk_names PRIMARY KEY (entry, field, "position");



ALTER TABLE ONLY public.questions
    ADD CONSTRAINT pk_questions PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT pk_revisions PRIMARY KEY (entry, rev);



ALTER TABLE ONLY public.risks
    ADD CONSTRAINT pk_risks PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.services
    ADD CONSTRAINT pk_services PRIMARY KEY (entry, "position");



ALTER TABLE ONLY public.systems
    ADD CONSTRAINT pk_systems PRIMARY KEY (entry);



CREATE INDEX ix_actions_done ON public.actions USING btree (done);



CREATE INDEX ix_deployments_started ON public.deployments USING btree (started);



CREATE INDEX ix_deployments_status ON public.deployments USING btree (status);



CREATE INDEX ix_entries_kind ON public.entries USING btree (kind);



CREATE INDEX ix_entries_sha256 ON public.entries USING btree (sha256);



CREATE INDEX ix_incidents_started ON public.incidents USING btree (started);



CREATE INDEX ix_incidents_status ON public.incidents USING btree (status);



CREATE INDEX ix_questions_verdict ON public.questions USING btree (verdict);



CREATE INDEX ix_revisions_sha256 ON public.revisions USING btree (sha256);



ALTER TABLE ONLY public.actions
    ADD CONSTRAINT fk_actions_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.answers
    ADD CONSTRAINT fk_answers_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.checkout_files
    ADD CONSTRAINT fk_checkout_files_checkout_checkouts FOREIGN KEY (checkout) REFERENCES public.checkouts(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.checkout_files
    ADD CONSTRAINT fk_checkout_files_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.checks
    ADD CONSTRAINT fk_checks_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.deployment_links
    ADD CONSTRAINT fk_deployment_links_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT fk_deployments_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.held_files
    ADD CONSTRAINT fk_held_files_checkout_checkouts FOREIGN KEY (checkout) REFERENCES public.checkouts(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.incidents
    ADD CONSTRAINT fk_incidents_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.index_marks
    ADD CONSTRAINT fk_index_marks_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.items
    ADD CONSTRAINT fk_items_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.lessons
    ADD CONSTRAINT fk_lessons_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.names
    ADD CONSTRAINT fk_names_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.questions
    ADD CONSTRAINT fk_questions_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT fk_revisions_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.risks
    ADD CONSTRAINT fk_risks_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.services
    ADD CONSTRAINT fk_services_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;



ALTER TABLE ONLY public.systems
    ADD CONSTRAINT fk_systems_entry_entries FOREIGN KEY (entry) REFERENCES public.entries(id) ON DELETE CASCADE;




