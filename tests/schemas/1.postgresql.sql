






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









INSERT INTO public.checkout_files VALUES ('c65dbae37f7414d4', '2026-03-12-checkout-is-slow', 'entries/incidents/2026/2026-03-12-checkout-is-slow.md', 3, 'd2a62133e2736d5dc9d044b4fb8ca13d92526ad9ff2568cfaf95cce04d5c4bc3');
INSERT INTO public.checkout_files VALUES ('c65dbae37f7414d4', '2026-11-25-release-4-10', 'entries/deployments/2026/2026-11-25-release-4-10.md', 1, 'f0a4104eb068067fd815185e9604da8325a625d9b0a7852f641b552c2b5ca882');



INSERT INTO public.checkouts VALUES ('c65dbae37f7414d4', 'desk', '/home/ana/notes');









INSERT INTO public.deployments VALUES ('2026-11-25-release-4-10', 'planned', '', '', NULL, NULL, NULL, NULL, NULL, '', '', '', '');



INSERT INTO public.entries VALUES ('2026-03-12-checkout-is-slow', 'incident', 3, 'entries/incidents/2026/2026-03-12-checkout-is-slow.md', 'Checkout is slow', 'internal', 'd2a62133e2736d5dc9d044b4fb8ca13d92526ad9ff2568cfaf95cce04d5c4bc3', '0.1.0-98cbaf09', NULL, '---
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

- **2026-03-12 09:10** Pool at its limit. (by: ana) <!-- e:afvry2 -->

## Questions asked

<!-- One question a line, its answers below it: - [x] What changed? (asked_by: CTO; verdict: dead end) -->

- [ ] What else runs there? (asked_by: CTO; at: 2026-03-12 09:20) <!-- q:th1vjc -->

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

## Links


', '{"kind":"incident","id":"2026-03-12-checkout-is-slow","title":"Checkout is slow","timezone":"America/Chicago","timeline":[{"text":"Pool at its limit.","at":["2026-03-12T09:10:00-05:00","minute"],"by":"ana","id":"afvry2"}],"questions":[{"text":"What else runs there?","asked_by":"CTO","at":["2026-03-12T09:20:00-05:00","minute"],"id":"th1vjc"}],"severity":"sev2","started":["2026-03-12T09:00:00-05:00","minute"],"services":["storefront"]}');
INSERT INTO public.entries VALUES ('2026-11-25-release-4-10', 'deployment', 1, 'entries/deployments/2026/2026-11-25-release-4-10.md', 'Release 4.10', 'internal', 'f0a4104eb068067fd815185e9604da8325a625d9b0a7852f641b552c2b5ca882', '0.1.0-98cbaf09', NULL, '---
id: 2026-11-25-release-4-10
kind: deployment
status: planned
visibility: internal
timezone: America/Chicago
---

# Release 4.10

## Change

<!-- What is changed, and why now. -->

## Risk meeting

<!-- What was said. Date, people and decision go above: meeting:, attendees:, decision: go -->

## Risks

<!-- - What could go wrong (likelihood: low; impact: high; mitigation: what we do about it; owner: @who) -->

## Rollback plan

<!-- How to go back, and how long that takes. -->

## Checks

<!-- - [ ] What we look at before and after (result: passed; by: who) -->

## Timeline

## Questions asked

## Lessons

## Action items

## Links


', '{"kind":"deployment","id":"2026-11-25-release-4-10","title":"Release 4.10","timezone":"America/Chicago"}');
INSERT INTO public.entries VALUES ('app-server-01', 'system', 2, 'entries/systems/app-server-01.md', 'app-server-01', 'internal', 'acfce610bca96735939dd4a451a010524e6a5be3538015c5b945b82aedae0097', '0.1.0-98cbaf09', '2026-11-25 08:22:10.601231', '---
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

<!-- Everything that should run here, one a line. What is not listed should not be there. -->

## Found but unexpected

## Timeline



## Questions asked



## Lessons

## Action items

## Links


', '{"kind":"system","id":"app-server-01","title":"app-server-01","timezone":"America/Chicago"}');



INSERT INTO public.events VALUES ('2026-03-12-checkout-is-slow', 0, 'afvry2', '2026-03-12 14:10:00', 'note', 'ana', 'Pool at its limit.');






INSERT INTO public.incidents VALUES ('2026-03-12-checkout-is-slow', 'investigating', 'sev2', false, '2026-03-12 14:00:00', NULL, NULL, NULL, NULL, '', '', '', '', '', '', '', '', '');



INSERT INTO public.index_marks VALUES ('c65dbae37f7414d4:2b494e58c23a18b8', '2026-03-12-checkout-is-slow', 3);
INSERT INTO public.index_marks VALUES ('c65dbae37f7414d4:2b494e58c23a18b8', '2026-11-25-release-4-10', 1);









INSERT INTO public.meta VALUES ('schema', '1');






INSERT INTO public.questions VALUES ('2026-03-12-checkout-is-slow', 0, 'th1vjc', 'What else runs there?', 'CTO', '2026-03-12 14:20:00', 'open');



INSERT INTO public.revisions VALUES ('2026-03-12-checkout-is-slow', 1, 'c7c4ced379ff044f0a779402b6d9a869d9e376b75cdb03cb77273329b8968d29', '\x785e6593d16bdb3010c6dffd57dce84b67a2ce496150676c2b79188542b735d0875256c5bad822b2ce93e478ee5fbf93e3c5097b31f6f9f4e9d3fd3e092112ad7258648b8f22bb16f385282a2c76d406a1bdf086ba64a72d77685b688536243ec8d0fa58d8a30fba9441db32f1b847a7439f03bf2d92bdf67aa3cd50d036a0b3d22441d7f8461673b8adb9b9901f56153f4b8a9a2ee0990fc86ef22c635db7d705f27ecf3e90c3ad231b5e12c1be930b588d5e417b18bc261717f0d8d6b5747d927c7a27043c553240259b062daa199b81503944b6c9b62c2bcf604b0e3cd5b821d543571174d283a5c09de8f00a84f83c08dfd58d2cc251f7d057e930834d5c27f9254a55d481215b4e0b1ffbba0954fb534b71ad47b433e089f04e3c449060b4c5d12442474e79a06df4010d5263b8c6f6bcec4087497ecd738d0b47f907d6631a368c7a390848d34536bf39103e4c364de15561c02268b2af706bd00540514b6dfc155c6e18dcdd1aa841c780c9faf7c731fc6823772e81f43b5427bbfe1eff4c0709dc647d87cec3061910fb8e769effbc1cc01495b425aa2f703968fd8adbaed60f4be034295d70b342a900ad9af65f3b5d96e84e87e931b0328f6a3b4de52731c142b6fedf5c9eaa3e3615d41a352662ea5e71ac9cdeb431ccb065cce4ce70d552615ccd4c3c02538e84d1fd4fefc4007a322c48f6cc6a20cea23a03788fdef33c4f266986ca38c725e37b8a3c3b34264fd3d9f19b2f43c985e8274dbff1794d5becfa58e19c0f5785c3d20f198af98478952783b7037b7682c768321a18d1f0950ac4d440c5805e5267d1e5f09503b804d5f2255e64d799c8e6e27abe84a08b1d32ad87ef8f623ea1bad776c7c74afe0231c25a21', '2026-11-25 08:21:51.914761', '', 'kb new incident', 'c65dbae37f7414d4');
INSERT INTO public.revisions VALUES ('2026-03-12-checkout-is-slow', 2, '60910f478af27e7119cbe392126e69c59fc61cfc1803b33cca0c8998270fb6e4', '\x785e6554cb6edb3010bceb2bb6c82511cc54768002918bb6810f458000491b033e0441438b6b8930c55549caaafaf55dca8a1fe8c59057cbe1ecccac8410895639ccb2d92791dd88e94c1415165b6a83d05e78435db2d5963bb42db4421b121f64687d2cecd0075dcaa06d9978dca1d3a1cf819f66c94e7bbdd66628681bd0596992a06bfc4b1673b8abb9b9901f1715ff9614315dc0331e90dde659c6b86ea70be4fb5e7c20871b4736bc2682792717b018b982f630704d2e2ee0b9ad6be9fa24f9fc410858553240259b062daa099381503944a6c9b42c234f60430e3cd5b826d543571174d283a5c09de8f01a84f83200dfd78d2cc20177df57e93081753c27f9214255d481215b1e0f3ef77513a8f6a794e2598f6827c08af04d2c224830dae24812a123a73cd026f28006a9315c637a5e76a0c3117ec9bac68323fc23e3b11b368c78390848d35936bddd3bbc57364de14d61c02268b26f7067d00540514b6dfc355caed9b8fb2550838e0d26ebaff632eca1dec312a1a611ea89c8000bad83e719eac86e8090565ec1e003e672b373fdeca0e68f36c6879141fa2daa13f2bfc737473d18555adfa1f3b046f699ef8953bdfc79ddfb5b54d296a8bec2e580f52b5ebd583ece8143a974c1cd0aa502b46a1c83dd5c3a5d96e84e3df1182760c53747717f1207a190ad7f977755f5b1a9a0d6a83158c7ee05a7d3e9751b7702369c167267aed752613ccdd67a040e4b0c0abaff437042003d1906247b463510475a9de5e001bd673d4f94344365d471ced6ad622c3a34264fd3c9e13fef54c985c8274dbff3bca62db67dacf0ba0c1bc799eb8728c69843fc221c09de0d1162267848385b03a335bc9981d8355031e797d45974397ce31ccf41b5fc2d98653799c8a6e2663a87a08b2db25b8f4fcf627ab4ea41db2d8f95fc03aeeb6c42', '2026-11-25 08:21:56.235599', 'ana', 'kb log', 'c65dbae37f7414d4');
INSERT INTO public.revisions VALUES ('2026-03-12-checkout-is-slow', 3, 'd2a62133e2736d5dc9d044b4fb8ca13d92526ad9ff2568cfaf95cce04d5c4bc3', '\x785e6554cb6edb3010bceb2bb6c82511cc54568002918bb6810f458000691b03390441438b6b8935c57548caaafaf55dca8a1fc8c590a9dde1ecce8c8410895605e459fe496457629a8bb2c6724d6d10da0b6fa84bd6da7285b6a5566843e2830cad8f075bf4415732685b251eb7e874e80be0a73cd96aaf97da0c07da0674569a24e806ff91c5026e1a2e2ee5c779cdbf15454c17f0840764d7459631aedbea12f9be271fc8e1ca910dcf8960dec919cc47aea03d0c5c93b33378689b46ba3e493e7f10021e6b19a0969b0d5a54132603a176884c936959469ec08a1c786a7049aa87ae26e8a4074b812bd1e12508f16500be6d36b20c7bdc5d5dadc30496b14ff24384aaa90343b63a343ef4cd2650e38f29c55e8f6827c01be19b788920c1688b2349848e9cf240abc80336481bc3674ccfcb0e7438c02f78afb17184bf673c56c38611af0001699a67d3eb9dc2bbcda629bc280c58064df6056e0cba00281aa98dbf84f3250b77bb00daa06381c9fa8bdd1a76506f668950d308f583c8002f5a07cf333491dd0021adbc8041072ce46aebfa7cbfcd9f6db40f2383f46b5447e45fc737877d30aab4be43e76189ac33df13a77afafbbcd3b7aca5ad507d85f301eb77bc7abeb89f019b52e9928b154a0568d57e8c27187bd17804d7328f41eef71892db4f47ceb371a8d722d4d3ed9f723fd4c2e9aa42772cb4c7b81696717550ec17b1bb4ad9fa37cd1eeb3e1695d41a35baf5503d67cb3bbd6c63d060c516247762a5462a8cddec171e851d18dd87eebdb38e08a027c380644fa806e29ca81373dda1f72cd2913c663819c599b11f1ea3d73a34a648d3c9fe3f07b5e283c8274dbff3bca62dd77d3ce10c0e316623f783bf6376207e660e046f065f3213dcc786f57ed38ce31e88ad002a86e79c3a8bae806f1c8e19a8963f30797695896c2aaea63308ba5c236b78ffe3414c47fd39cd77daae79ace43f2038838d', '2026-11-25 08:21:59.083064', 'CTO', 'kb ask', 'c65dbae37f7414d4');
INSERT INTO public.revisions VALUES ('2026-11-25-release-4-10', 1, 'f0a4104eb068067fd815185e9604da8325a625d9b0a7852f641b552c2b5ca882', '\x785e5592316fdc300c8577fd0a16b7a44074cd1dd20cbea268701932646950a0439141b6188bb02c1aa61ce3faeb4bd9575cb2180249e97defd1d65a43be82fdcdfeceee7676ffd58e18d109da5bbbbb311d25ed7a1c229f7a4cd9487679920a86e852426fde48a8a648f95401a58c6372d164eaf12f27ace0bec7911af7e518f4dbb2b1aa6736f0bc6ac0ed5635cc6603c7e0528bc67cfb642dfc0e2e0309344bd15f834b1ee67082c4f316acfdbe5c7926e9a047cc94daf7176727208efc161e5cc66b18908788cb1b1e1bc5e5042d83abf94d01cf0f542a9233268f287afe3f5895c9f78272563a43363c455f66e691530b57913a8c149835b4c8f301a81f5c932b08d48603f494a97559092af5a3266704bfa04c6a381f80e78463053fe6c09f2fba1c63ed9a6ec9fcacffc833642ecaa5b32614b4160b462e4f67d7a15cd23a066cba0bfd1f7859635682c8dca97ba8f195c73528f7aa9b84ab11658a4a3f3811f407a875c91fd07ee9a223255d9c2ee4e78452bc0938e9f4d728b52714d1ca72be6f4a577d62bf169e281524f30f3fffc793', '2026-11-25 08:22:03.060559', '', 'kb new deployment', 'c65dbae37f7414d4');
INSERT INTO public.revisions VALUES ('app-server-01', 1, 'acfce610bca96735939dd4a451a010524e6a5be3538015c5b945b82aedae0097', '\x785e5d50c14ac43010bde72b467a35ab5e8b088bec9ef6220a9ed3cdb81dda4c4a6652ac5fef74ad08861092c77b6fde8bf7de516c214c93172c33167fffe00662c36411c5e444835631ca5969463793504723e9d202b162e1303aa5845f99b1857dc242e770f7dcdb79c9cedb00d7fcf3774d03af35a55016e71e6fbc87f73e28906d818f5c76e0fd93c91a387c4e78568ca0194ae58d7db09c8bf6c417d055287dae635c09d063c15bb028106024c6dd662dc0590db14af197bf221d9a8569fe461e73e5085d55a88cdbf86b96372bb95a3a5bf67ca9284a9905820c1837f48422865d197bfbb1cc560bd30f70221eece6be01120774fb', '2026-11-25 08:22:05.422217', '', 'kb new system', 'c65dbae37f7414d4');
INSERT INTO public.revisions VALUES ('app-server-01', 2, 'acfce610bca96735939dd4a451a010524e6a5be3538015c5b945b82aedae0097', '\x785e5d50c14ac43010bde72b467a35ab5e8b088bec9ef6220a9ed3cdb81dda4c4a6652ac5fef74ad08861092c77b6fde8bf7de516c214c93172c33167fffe00662c36411c5e444835631ca5969463793504723e9d202b162e1303aa5845f99b1857dc242e770f7dcdb79c9cedb00d7fcf3774d03af35a55016e71e6fbc87f73e28906d818f5c76e0fd93c91a387c4e78568ca0194ae58d7db09c8bf6c417d055287dae635c09d063c15bb028106024c6dd662dc0590db14af197bf221d9a8569fe461e73e5085d55a88cdbf86b96372bb95a3a5bf67ca9284a9905820c1837f48422865d197bfbb1cc560bd30f70221eece6be01120774fb', '2026-11-25 08:22:10.601231', '', 'file', 'c65dbae37f7414d4');






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




